/** The sources of remarks that nobody said begin so: checks are red, and a pull request conflicts with its base. */
export const CHECKS = "checks/";
export const CONFLICT = "conflict/";
