import { problemOf } from '../../../shared/base/problem';
import type { Invocation } from '../base/arguments';
import { problemsText } from '../text/problems';
import { exit, type World } from '../base/world';
import { jsonText } from '../text/json';
import { shellWord } from '../../../shared/base/shell-word';

/** `kanilink practice`: a practice fleet until Ctrl-C. Its path is the one line on standard output. */
export async function practice({ servers, json }: Invocation, world: World): Promise<number> {
  const started = await world.engine.startPractice({ servers }, { signal: world.signal, timeoutMs: 60_000 });
  if (!started.ok) {
    const problem = problemOf(started.error);
    if (json) world.print(jsonText({ fleet: null, problems: [problem] }));
    else world.say(problemsText([problem], world.paintSaid));
    return exit.failed;
  }
  const { path } = started.value;
  world.print(json ? jsonText({ fleet: path }) : path);
  world.say(
    `${servers} practice servers run until Ctrl-C. In another terminal: kanilink plan ${shellWord(path)}`,
  );
  if (!world.signal.aborted)
    await new Promise<void>((resolve) =>
      world.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  await world.engine.stopPractice();
  return exit.well;
}
