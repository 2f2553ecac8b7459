import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { InvalidRequestError, type FieldError } from './problem.js';

/** More than anyone reads; a body made to fail a million times gets no megabyte back, nor one with a megabyte for a name. */
const MAX_ERRORS = 50;
const MAX_FIELD = 200;

/** What a zod issue says through the Standard Schema interface; another library's issue has at least path and message. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string;
  readonly keys?: readonly string[];
  /** Of a rule of ours: its own code. */
  readonly params?: { readonly code?: unknown };
}

/** Validates @Body, @Query and @Param arguments that carry a `{ schema }`, and hands on what the schema makes of them. */
@Injectable()
export class SchemaValidationPipe extends StandardSchemaValidationPipe {
  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const { schema } = metadata;
    if (!schema || !this.toValidate(metadata)) return value;
    // Nothing is stripped first (stripProtoKeys): a strict schema names "__proto__" and "constructor" as it does any unknown field.
    const result = await schema['~standard'].validate(value);
    if (result.issues) throw new InvalidRequestError(fieldErrors(result.issues, metadata.data, metadata.type));
    return result.value as T;
  }
}

/**
 * @param parameter name of the parameter when only one was taken: @Query('limit', { schema })
 * @param place where the value was
 */
export function fieldErrors(issues: readonly Issue[], parameter?: string, place: ArgumentMetadata['type'] = 'body'): FieldError[] {
  const unknown = place === 'query' ? NO_SUCH_PARAMETER : 'there is no such field';
  return issues.flatMap((issue) => {
    const path = [...(parameter === undefined ? [] : [parameter]), ...(issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment))];
    if (issue.code === 'unrecognized_keys') return (issue.keys ?? []).map((key) => ({ field: fieldPath([...path, key]), code: 'unknown-field', rule: unknown }));
    if (issue.message.endsWith('received undefined')) return [{ field: fieldPath(path), code: 'required', rule: path.length ? 'is required' : 'a JSON body is required' }];
    const own = issue.params?.code;
    return [{ field: fieldPath(path), code: typeof own === 'string' ? own : (issue.code ?? 'invalid').replaceAll('_', '-'), rule: issue.message }];
  }).slice(0, MAX_ERRORS);
}

export const NO_SUCH_PARAMETER = 'there is no such query parameter';

/** ["tunnels", 0, "psk"] -> "tunnels[0].psk". */
function fieldPath(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>((text, segment) => (typeof segment === 'number' ? `${text}[${segment}]` : `${text}${text ? '.' : ''}${String(segment)}`), '');
  return text.length > MAX_FIELD ? `${text.slice(0, MAX_FIELD)}…` : text;
}
