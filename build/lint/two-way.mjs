const sides = [
  ['left', 'right'],
  ['right', 'left'],
];
const owners = ['property.name', 'expression.property.name', 'name'];

/**
 * A place of the tree where a comparison stands.
 *
 * @typedef {(comparison: string) => string} PlaceOf
 */

/**
 * Comparisons of a field with one kind's name, at some places of the tree.
 *
 * @param {string} field
 * @param {readonly PlaceOf[]} places
 * @param {string} message
 */
const comparisons = (field, places, message) =>
  places.flatMap((place) =>
    sides.flatMap(([side, other]) =>
      owners.map((name) => ({
        selector: place(
          `BinaryExpression[operator=/^[!=]==$/][${side}.${name}='${field}'][${other}.type='Literal']`,
        ),
        message,
      })),
    ),
  );

/** @type {(branch: string) => readonly PlaceOf[]} */
const asked = (branch) => [
  (comparison) => `${branch} > ${comparison}.test`,
  (comparison) => `${branch} > LogicalExpression.test ${comparison}`,
];

/** @type {readonly PlaceOf[]} */
const named = [
  (comparison) => `VariableDeclarator > ${comparison}`,
  (comparison) => `CallExpression[callee.name='$derived'] > ${comparison}`,
];

/** Of connections a lone `if` is an error, too, and a name for the answer, on which branches are made elsewhere. */
const connections = comparisons(
  'connect',
  [...['ConditionalExpression', 'IfStatement'].flatMap(asked), ...named],
  'a question with two answers treats a third kind of connection as one of them: ask the kind (shared/connect/kinds.ts)',
);

/** Of steps a lone `if` picks those of one kind and leaves the others as they are. */
const steps = comparisons(
  'action',
  ['ConditionalExpression', 'IfStatement[alternate!=null]'].flatMap(asked),
  'a question with two answers treats a third kind of step as one of them: ask the kind (shared/plan/steps/step.ts)',
);

/** For `no-restricted-syntax`: a branch on `connect` or `action` being this or that kind. */
export const twoWayOverKinds = [...connections, ...steps];
