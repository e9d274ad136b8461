/** Stands in for `electron` in unit tests, where importing the real one would start its download. */
export {};
