import { GraphQLError } from "graphql";

/** An error of a field, with GitHub's word for its kind. */
export const fault = (type: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { type } });

/** An error as GitHub answers it: the kind stands beside the message, not under `extensions`. */
export function errorShape(error: GraphQLError): Record<string, unknown> {
  const { type, ...extensions } = error.extensions;
  return {
    ...(type === undefined ? {} : { type }),
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(Object.keys(extensions).length === 0 ? {} : { extensions }),
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    message: error.message,
  };
}
