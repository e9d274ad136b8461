/** What the system says of the window. */
export interface WindowSight {
  readonly visible: boolean;
  readonly minimized: boolean;
  readonly focused: boolean;
}

/**
 * Whether the end of a deploy is told by a notification of the system: when nobody looks at the window, because it is hidden,
 * minimized, or another one has the keyboard and may cover it. Whoever looks at it reads it there.
 */
export const shouldNotify = ({ visible, minimized, focused }: WindowSight, supported: boolean): boolean =>
  supported && (!visible || minimized || !focused);
