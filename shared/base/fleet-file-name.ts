/** What the name of a new fleet file ends in: desktops open it with Kanilink (`build/electron-builder.yml`). */
export const FLEET_EXTENSION = '.kanilink.toml';

/** The name that is suggested for the file of a fleet with this name. */
export const fleetFileName = (fleet: string): string => `${slug(fleet)}${FLEET_EXTENSION}`;

/** A fleet file's name without what it ends in; any `.toml` may be one. */
export const fleetFileStem = (file: string): string => file.replace(/(?:\.kanilink)?\.toml$/i, '');

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'fleet';
