import { z } from 'zod';

/** What a command asks the running server: one JSON line each way. `pid` is who asks, printed by the server. */
export const adminRequestSchema = z.object({
  pid: z.number(),
  ask: z.discriminatedUnion('what', [
    z.object({ what: z.literal('domain-show') }),
    z.object({ what: z.literal('show-certificate') }),
    z.object({ what: z.literal('renew-certificate') }),
    z.object({ what: z.literal('refresh-consumer') }),
    z.object({ what: z.literal('backup'), path: z.string() }),
    z.object({ what: z.literal('create-person'), name: z.string() }),
    z.object({ what: z.literal('rename-person'), name: z.string(), displayName: z.string() }),
    z.object({ what: z.literal('entries') }),
  ]),
});

/** What the server answers. `error` carries no reason: that is in the server's log, as with the real one. */
export const adminAnswerSchema = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('success') }),
  z.object({ answer: z.literal('error') }),
  z.object({ answer: z.literal('certificate'), certificate: z.string() }),
  z.object({
    answer: z.literal('domain'),
    name: z.string(),
    displayName: z.string(),
    uuid: z.string(),
    level: z.number(),
  }),
  z.object({
    answer: z.literal('entries'),
    domainUuid: z.string(),
    serverUuid: z.string(),
    entries: z.array(
      z.object({ uuid: z.string(), name: z.string(), displayName: z.string(), classes: z.array(z.string()) }),
    ),
  }),
]);

export type AdminAsk = z.infer<typeof adminRequestSchema>['ask'];
export type AdminAnswer = z.infer<typeof adminAnswerSchema>;
