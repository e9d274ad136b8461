import { onOneLine } from '../../shared/base/escape-controls';

/** What the system says of the window. */
export interface WindowVisibility {
  readonly visible: boolean;
  readonly minimized: boolean;
  readonly focused: boolean;
}

/**
 * Whether the end of a deploy is told by a notification of the system: when nobody looks at the window, because it is hidden,
 * minimized, or another one has the keyboard and may cover it. A visible, focused window shows the result itself.
 */
export const shouldNotify = (
  { visible, minimized, focused }: WindowVisibility,
  supported: boolean,
): boolean => supported && (!visible || minimized || !focused);

/** Characters of a title and of a body: desktops cut more at places of their own choice, or refuse it. */
const LONGEST_TITLE = 200;
const LONGEST_BODY = 500;

/**
 * What a notification of the system says. On Linux its body is markup: what a server said is shown there and forms none.
 * @param platform as `process.platform`
 */
export const notificationOf = (
  { title, text }: { readonly title: string; readonly text: string },
  platform: string,
): { readonly title: string; readonly body: string } => {
  const body = cut(onOneLine(text), LONGEST_BODY);
  return {
    title: cut(`Kanilink: ${onOneLine(title)}`, LONGEST_TITLE),
    body: platform === 'linux' ? withoutMarkup(body) : body,
  };
};

/** At most so many characters, none of them halved. */
function cut(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

const withoutMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
