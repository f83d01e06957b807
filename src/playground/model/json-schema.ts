import { z } from "zod";

/** The part of JSON Schema that tools and answers are described with. */
export interface JsonSchema {
  type?: string | string[] | undefined;
  properties?: Record<string, JsonSchema> | undefined;
  required?: string[] | undefined;
  items?: JsonSchema | undefined;
  enum?: unknown[] | undefined;
  anyOf?: JsonSchema[] | undefined;
  maximum?: number | undefined;
}

export const JsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.looseObject({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    properties: z.record(z.string(), JsonSchema).optional(),
    required: z.array(z.string()).optional(),
    items: JsonSchema.optional(),
    enum: z.array(z.unknown()).optional(),
    anyOf: z.array(JsonSchema).optional(),
    maximum: z.number().optional(),
  }),
);

const typesOf = (schema: JsonSchema): string[] => [schema.type ?? []].flat();

const nullable = (schema: JsonSchema): boolean =>
  typesOf(schema).includes("null") || (schema.anyOf ?? []).some(nullable);

/** The form a value that is not null takes. */
const solid = (schema: JsonSchema): JsonSchema =>
  schema.anyOf?.find((option) => !typesOf(option).includes("null")) ?? schema;

const kindsOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return ["array"];
  return typeof value === "number" ? ["number", "integer"] : [typeof value];
};

/** A value whose kind the schema takes: what is inside in its form too, a number cut to its maximum. */
function within(schema: JsonSchema, value: unknown): unknown {
  const { items, maximum } = schema;
  if (Array.isArray(value)) return items ? value.map((item) => fit(items, item)) : value;
  if (typeof value === "number") return Math.min(value, maximum ?? value);
  return value instanceof Object ? fill(schema, { ...value }) : value;
}

/** `value` in the form the schema asks for; where it takes no such kind, a list as text or the reverse. */
function fit(given: JsonSchema, value: unknown): unknown {
  const kinds = kindsOf(value);
  const taking = (given.anyOf ?? [given]).find((option) =>
    typesOf(option).some((type) => kinds.includes(type)),
  );
  if (taking) return within(taking, value);
  const types = typesOf(solid(given));
  if (types.includes("array")) return [value];
  if (!types.includes("string")) return value;
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function neutral(given: JsonSchema): unknown {
  if (nullable(given)) return null;
  const schema = solid(given);
  if (schema.enum) return schema.enum[0];
  const [type] = typesOf(schema);
  if (type === "string") return "";
  if (type === "number" || type === "integer") return 0;
  if (type === "boolean") return false;
  if (type === "array") return [];
  return fill(schema, {});
}

/** Whether a value may be text. */
export const takesText = (schema: JsonSchema): boolean =>
  typesOf(schema).includes("string") || (schema.anyOf ?? []).some(takesText);

/** An object of the schema's form from the values known; what is required and not known is left empty. */
export function fill(schema: JsonSchema, values: Record<string, unknown>): Record<string, unknown> {
  if (!schema.properties) return values;
  const required = schema.required ?? [];
  return Object.fromEntries(
    Object.entries(schema.properties)
      .filter(([name]) => values[name] !== undefined || required.includes(name))
      .map(([name, form]) => [name, values[name] === undefined ? neutral(form) : fit(form, values[name])]),
  );
}
