import { execFile } from 'node:child_process';

/** The blocks of a runbook of one kind, in order, as a person would copy them. */
export function blocksOf(markdown: string, kind: 'bash' | 'bash if-needed'): readonly string[] {
  return [...markdown.matchAll(/^(`{3,})(.*)\n([\s\S]*?)\n\1$/gm)].flatMap(([, , info, text]) =>
    info === kind && text !== undefined ? [text] : [],
  );
}

/** What blocks print when they are pasted one after the other into a bash in `folder`; one that fails ends it. */
export function runBlocks(
  blocks: readonly string[],
  folder: string,
): Promise<{ readonly failed: boolean; readonly said: string }> {
  // Each block as it is printed; a shell that a person sits at would show its status.
  const script = blocks.map(
    (text, index) => `${text}\n[ "$?" = 0 ] || { echo "block ${index + 1} failed"; exit 1; }\n`,
  );
  return new Promise((resolve) => {
    const child = execFile(
      'bash',
      ['-s'],
      {
        cwd: folder,
        timeout: 300_000,
        maxBuffer: 64 * 1024 * 1024,
        env: { PATH: process.env['PATH'], HOME: folder, USER: 'nobody' },
      },
      (error, stdout, stderr) => resolve({ failed: error !== null, said: `${stdout}${stderr}` }),
    );
    child.stdin?.end(script.join(''));
  });
}
