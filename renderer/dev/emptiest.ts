import { z } from 'zod';
import { ids } from '../../shared/base/ids';

/**
 * The emptiest value of a schema: no items, no text, null where it may be null, the first of several choices, the
 * least number from 0 on. So the
 * simulated engine answers whatever the contract has, also what was added to it a moment ago.
 *
 * @throws for a kind of schema that the contract has not used so far
 */
export function emptiest(schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodNullable) return null;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) return undefined;
  if (schema instanceof z.ZodReadonly) return emptiest(schema.def.innerType);
  if (schema instanceof z.ZodPipe) return emptiest(schema.def.in);
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape).map(([key, field]) => [key, emptiest(field)] as const);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  if (schema instanceof z.ZodArray) return [];
  if (schema instanceof z.ZodRecord) return {};
  if (schema instanceof z.ZodTuple) return schema.def.items.map((item) => emptiest(item));
  if (schema instanceof z.ZodUnion) {
    const [first] = schema.def.options;
    if (first) return emptiest(first);
  }
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodLiteral) return schema.value;
  if (schema instanceof z.ZodString) return '';
  if (schema === ids.sha256) return '0'.repeat(64);
  if (schema instanceof z.ZodNumber) return Math.max(0, schema.minValue ?? 0);
  if (schema instanceof z.ZodBoolean) return false;
  throw new Error(`no empty value is known for a schema of the kind ${schema._zod.def.type}`);
}
