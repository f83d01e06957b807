import { reviewTeller } from "../features/pulls/review-digest.ts";
import { issueTeller, type Tellers } from "../features/threads/digest.ts";

/** Every kind of digest there is, and who tells it. */
export const TELLERS: Tellers = { issues: issueTeller, reviews: reviewTeller };
