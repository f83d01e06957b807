import { graphql } from "graphql";
import { Hono } from "hono";
import { z } from "zod";
import { signedIn } from "../auth.ts";
import { errorShape } from "../graphql/fault.ts";
import { rootOf } from "../graphql/root.ts";
import { schema } from "../graphql/schema.ts";
import { type Env, readBody, reply } from "../http.ts";
import type { World } from "../world.ts";

const Body = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

/** GraphQL: the part of GitHub's schema that `schema.ts` has. Faults are answered with 200, as GitHub does. */
export const graphqlRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.post("/graphql", async (c) => {
    const actor = signedIn(c);
    const { query, variables } = await readBody(c, Body, "Query");
    const { data, errors } = await graphql({
      schema,
      source: query,
      rootValue: rootOf(world, actor),
      variableValues: variables ?? {},
    });
    return reply(c, {
      ...(data === undefined ? {} : { data }),
      ...(errors === undefined ? {} : { errors: errors.map(errorShape) }),
    });
  });
  return app;
};
