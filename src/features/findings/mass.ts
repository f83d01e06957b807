/** Tests that fall together in one job in such numbers fell by one cause outside of them. */
export const MASS = 20;
