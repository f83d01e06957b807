import type { Db } from "../../../db/client.ts";
import { findings, pulls, tasks } from "../../../db/schema.ts";
import { type Pull, pullByNumber } from "../../../src/features/pulls/store.ts";
import { PullNumber, RepoName } from "../../../src/kernel/ids.ts";
import { VALUES } from "../findings/sample.ts";
import { NOW } from "../web/world.ts";

/** A finding in review, with its pull request #9 that is open. */
export async function inReview(db: Db): Promise<Pull> {
  const [row] = await db
    .insert(findings)
    .values({ ...VALUES, state: "pending_review", stateAt: NOW })
    .returning();
  const findingId = row?.id ?? 0;
  const [taskId, branch] = ["f1-fix-0a1b2c3d", "ai/flaky/0a1b2c3d"];
  await db.insert(tasks).values({
    ...{ id: taskId, findingId, kind: "fix", state: "done", requestedBy: "alice" },
    ...{ labels: [], branch, createdAt: NOW },
  });
  const url = "https://github.com/acme/shop/pull/9";
  await db.insert(pulls).values({
    ...{ findingId, repo: VALUES.repo, number: 9, taskId, url, branch, headSha: "a".repeat(40) },
    ...{ state: "open", openedAt: NOW, updatedAt: NOW },
  });
  const pull = await pullByNumber(db, RepoName.parse(VALUES.repo), PullNumber.parse(9));
  if (pull === null) throw new Error("there is no pull request");
  return pull;
}
