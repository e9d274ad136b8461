import { type BrowserWindow, Notification } from 'electron';
import { notificationOf, shouldNotify } from './notify';

/**
 * Tells something by a notification of the system, when nobody looks at the window.
 * @returns whether it was told.
 */
export function showNotice(
  window: BrowserWindow | null,
  words: Parameters<typeof notificationOf>[0],
  clicked: () => void,
): boolean {
  const seen = {
    visible: window?.isVisible() ?? false,
    minimized: window?.isMinimized() ?? false,
    focused: window?.isFocused() ?? false,
  };
  if (!shouldNotify(seen, Notification.isSupported())) return false;
  const notification = new Notification(notificationOf(words, process.platform));
  notification.on('click', clicked);
  notification.show();
  return true;
}
