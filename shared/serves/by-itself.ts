/** Minutes between two looks at the logins of a fleet that is watched, where nobody says otherwise. */
export const LOGINS_EVERY = 5;
