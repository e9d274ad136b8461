/**
 * What somebody adds to Kanilink, done for show: each must compile, in as few files as CONTRIBUTING says; and half of it must
 * not compile, so that nothing is forgotten in silence.
 *
 * @typedef {object} Edit
 * @property {string} file made when it is not there
 * @property {string} [before] a text of the file that stands once: the addition goes in front of it
 * @property {string} add
 *
 * @typedef {object} Addition
 * @property {string} name
 * @property {number} files the most it may touch, tests and generated pages apart
 * @property {readonly string[]} [folders] its own and those of tests, whose files are not counted
 * @property {readonly Edit[]} edits
 * @property {string} forgotten a file whose edits are left out once
 * @property {string} complains the file of which the compiler then complains
 */

const rule = `import type { Problem } from '../../base/problem';
import type { FleetView } from './view';
import { ruleProblems, type Words } from './words';

export const words = {
  'golden-rule': { severity: 'info', what: 'a server has a name.', fix: 'keep it.', from: 'design' },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

export const check = ({ servers }: FleetView): readonly Problem[] =>
  servers.map(({ wanted: { id } }) => ruleProblem('golden-rule', id, \`\${id} has a name.\`, 'Keep it.'));
`;

const component = `<script lang="ts">
  import { getApp } from '../app/app.svelte';
  const app = getApp();
</script>

<p>{app.document.fleet?.name ?? ''}</p>
`;

const kind = `import { z } from 'zod';
import type { ConnectionKind } from '../kind';
import type { AnyServer } from '../server';

export interface GoldenServer extends AnyServer {
  readonly connect: 'golden';
  readonly endpoint: string;
  readonly pod: string;
}

export const golden = {
  label: 'Golden',
  unit: 'pod',
  table: { connect: z.literal('golden'), endpoint: z.string(), pod: z.string() },
  form: {
    where: 'kanidmd in a pod.',
    endpoint: {
      ...{ label: 'Golden', placeholder: 'golden://', hint: '', offers: null },
      shown: (endpoint) => endpoint,
      written: (typed) => typed,
      fault: () => null,
    },
    configPlaceholder: '',
    fields: { pod: { label: 'Pod', missing: 'Say which pod.' } },
    address: { help: [], settings: 'of a pod', read: () => null },
  },
  endpointAdvice: 'Write where it is reached.',
  usualConfig: '/data/server.toml',
  noHelper: 'has none.',
  unitName: ({ pod }) => pod,
  identity: ({ endpoint }) => \`golden \${endpoint}\`,
  resolvePaths: (server) => server,
  commandValues: () => [],
  shell: () => ({ reached: 'nowhere', functions: '' }),
  testFolder: () => '/tmp',
  restore: () => ['', '', ''],
} satisfies ConnectionKind<GoldenServer>;
`;

const opener = `import type { GoldenServer } from '../../../../shared/connect/golden/golden';
import { fail, type Result } from '../../../../shared/base/result';
import type { ServerConnection } from '../connection';

export const openGolden = async ({ id }: GoldenServer): Promise<Result<ServerConnection>> =>
  fail({ code: 'golden', message: 'There is none.', fix: 'Use another kind.', where: { server: id } });
`;

const step = `import { z } from 'zod';
import { anyStep } from './any-step';
import { plainStep, type StepDescriptor } from './descriptor';

export const schema = z.object({ ...anyStep, action: z.literal('golden') }).readonly();
export type GoldenStep = z.output<typeof schema>;

export const kind: StepDescriptor<GoldenStep> = {
  ...plainStep,
  label: 'does nothing',
  commands: () => '',
};
`;

const carriedOut = `import type { GoldenStep } from '../../../../shared/plan/steps/golden';
import { type Deployment, siteOf, stepDone, type StepResult } from '../deployment/deployment';

export const golden = (deployment: Deployment, { server }: GoldenStep): Promise<StepResult> =>
  Promise.resolve(stepDone(siteOf(deployment, server).server.id));
`;

/** @type {readonly Addition[]} */
export const additions = [
  {
    name: 'a rule, in a family of its own',
    files: 2,
    edits: [
      { file: 'shared/fleet/rules/golden.ts', add: rule },
      {
        file: 'shared/fleet/rules/registry.ts',
        before: "import * as notChecked from './not-checked';\n",
        add: "import * as golden from './golden';\n",
      },
      {
        file: 'shared/fleet/rules/registry.ts',
        before: "  { title: 'Adopting', families: [adopting] },\n",
        add: "  { title: 'Golden', families: [golden] },\n",
      },
    ],
    forgotten: 'shared/fleet/rules/registry.ts',
    complains: 'shared/fleet/rules/golden.ts',
  },
  {
    name: 'a view of the window',
    files: 3,
    edits: [
      {
        file: 'shared/ipc/commands.ts',
        before: '} as const satisfies Readonly<Record<string, ViewWords>>;',
        add: "  golden: { title: 'Show the golden view', tab: 'Golden', place: 'panel', keys: 'mod+9' },\n",
      },
      { file: 'renderer/health/GoldenTab.svelte', add: component },
      {
        file: 'renderer/views/views.ts',
        before: "import HistoryTab from '../plan/HistoryTab.svelte';\n",
        add: "import GoldenTab from '../health/GoldenTab.svelte';\n",
      },
      {
        file: 'renderer/views/views.ts',
        before: '  history: { Body: HistoryTab },\n',
        add: '  golden: { Body: GoldenTab },\n',
      },
    ],
    forgotten: 'renderer/views/views.ts',
    complains: 'renderer/views/views.ts',
  },
  {
    name: 'a version of Kanidm, with a key, an ability and a phrase of its log that comes with it',
    files: 2,
    edits: [
      {
        file: 'shared/versions/rows.ts',
        before: '] as const satisfies readonly VersionRow[];',
        add: "  { version: '1.13.0', adds: ['golden'], keys: { golden: { kind: 'text' } } },\n",
      },
      {
        file: 'shared/kanidmd/causes/supplier.ts',
        before: '        says: /No replication client certs are available',
        add: "        says: /^golden/,\n        since: 'golden',\n      },\n      {\n",
      },
    ],
    forgotten: 'shared/versions/rows.ts',
    complains: 'shared/kanidmd/causes/supplier.ts',
  },
  {
    // Two files of its own, what it is and how the engine carries it out, and the row of each.
    name: 'a kind of step',
    files: 4,
    folders: ['test/'],
    edits: [
      {
        file: 'test/support/steps-of-test.ts',
        before: "  compare: { with: 'idm-a' },\n",
        add: '  golden: {},\n',
      },
      {
        file: 'test/support/world.ts',
        before: "      case 'put-back':\n        throw",
        add: "      case 'golden':\n        return true;\n",
      },
      { file: 'shared/plan/steps/golden.ts', add: step },
      { file: 'electron/engine/deploy/steps/golden.ts', add: carriedOut },
      {
        file: 'shared/plan/steps/step.ts',
        before: "import * as compare from './compare';\n",
        add: "import * as golden from './golden';\n",
      },
      { file: 'shared/plan/steps/step.ts', before: '  compare,\n};', add: '  golden,\n' },
      {
        file: 'electron/engine/deploy/steps/run-step.ts',
        before: "import { compare } from './compare';\n",
        add: "import { golden } from './golden';\n",
      },
      { file: 'electron/engine/deploy/steps/run-step.ts', before: '  compare,\n};', add: '  golden,\n' },
    ],
    forgotten: 'electron/engine/deploy/steps/run-step.ts',
    complains: 'electron/engine/deploy/steps/run-step.ts',
  },
  {
    name: 'a kind of connection with a field of its own, beside its own folders',
    files: 2,
    folders: ['shared/connect/golden/', 'electron/engine/connect/golden/'],
    edits: [
      { file: 'shared/connect/golden/golden.ts', add: kind },
      { file: 'electron/engine/connect/golden/open-golden.ts', add: opener },
      {
        file: 'shared/connect/kinds.ts',
        before: "import type { ConnectionKind } from './kind';\n",
        add: "import { golden, type GoldenServer } from './golden/golden';\n",
      },
      {
        file: 'shared/connect/kinds.ts',
        before: '  readonly docker: DockerServer;\n',
        add: '  readonly golden: GoldenServer;\n',
      },
      { file: 'shared/connect/kinds.ts', before: 'ssh, docker } satisfies', add: 'golden, ' },
      {
        file: 'electron/engine/fleet/open-server.ts',
        before: 'import { openSsh } from',
        add: "import { openGolden } from '../connect/golden/open-golden';\n",
      },
      {
        file: 'electron/engine/fleet/open-server.ts',
        before: '  ssh: { open: (server, prompter',
        add: '  golden: { open: (server) => openGolden(server) },\n',
      },
    ],
    forgotten: 'electron/engine/fleet/open-server.ts',
    complains: 'electron/engine/fleet/open-server.ts',
  },
];
