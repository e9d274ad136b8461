import type { Invocation } from '../arguments';
import { faultProblem, problemsText } from '../text/problems';
import { exit, type World } from '../world';

/** `kanilink practice`: a practice fleet until Ctrl-C. Its path is the one line on standard output. */
export async function practice({ servers, json }: Invocation, world: World): Promise<number> {
  const started = await world.engine.startPractice({ servers }, { signal: world.signal, timeoutMs: 60_000 });
  if (!started.ok) {
    const problem = faultProblem(started.error);
    if (json) world.print(JSON.stringify({ fleet: null, problems: [problem] }, null, 2));
    else world.say(problemsText([problem], world.paintSaid));
    return exit.failed;
  }
  const { path } = started.value;
  world.print(json ? JSON.stringify({ fleet: path }, null, 2) : path);
  world.say(`${servers} practice servers run until Ctrl-C. In another terminal: kanilink plan '${path}'`);
  if (!world.signal.aborted)
    await new Promise<void>((resolve) =>
      world.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  await world.engine.stopPractice();
  return exit.well;
}
