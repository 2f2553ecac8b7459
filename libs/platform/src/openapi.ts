import { http } from '@bordergate/contracts';
import { sameData } from '@bordergate/kernel';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { PROBLEM_TYPE } from './problem.js';

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'options', 'head'] as const;

const ABOUT = `Site-to-site IPsec VPN. Everything is of a region (\`/v1/regions/{region}/…\`), and any name is one, empty at first. A refusal is \`application/problem+json\` with a code, the field and the rule; lists come in pages
(\`limit\`, \`cursor\`); a create may be sent again under its \`Idempotency-Key\`; a change names what it has seen in \`If-Match\`. There is no access control yet.`;

/** As RequestGuard holds it. */
const REGION = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,31}$', default: 'region-1' };

/** The document of a service, from the schemas that validate its requests; every operation may answer a problem. */
export function openApiOf(app: INestApplication, title: string): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle(title).setVersion('1').build());
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: problemSchema() } };
  const answer = { description: 'A refusal or a failure', content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } } };
  for (const [url, path] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (!operation) continue;
      const { tag, summary } = told(method, url);
      operation.tags = [tag];
      operation.summary ??= summary;
      for (const parameter of operation.parameters ?? []) if ('in' in parameter && parameter.name === 'region') parameter.schema = REGION;
      mayBeOmitted(operation.requestBody);
      operation.responses = { ...operation.responses, default: answer };
      for (const response of Object.values(operation.responses)) asText(response);
    }
  }
  return document;
}

/** A body that has a default need not be sent; Nest calls every body required. */
function mayBeOmitted(body: object | undefined): void {
  const { content = {} } = (body ?? {}) as { content?: Record<string, { schema?: object }> };
  const schemas = Object.values(content).map(({ schema = {} }) => schema);
  if (body && schemas.length > 0 && schemas.every((schema) => 'default' in schema)) Object.assign(body, { required: false });
}

/** The collection an operation belongs to, and what it does, from its URL: they are all made alike. */
function told(method: (typeof METHODS)[number], url: string): { tag: string; summary: string } {
  const [name = 'other', target, view] = url.replace(/^(\/simulation)?\/v1(\/regions\/\{region\})?\//, '').split('/');
  const collection = url.startsWith('/simulation/') ? `simulated ${name}` : name;
  const verb = /:(\w+)$/.exec(target ?? '')?.[1];
  if (verb) return { tag: collection, summary: `${verb} (${collection})` };
  if (view) return { tag: collection, summary: `${view} of one of ${collection}` };
  const does = { get: target ? 'Show one of' : 'List', post: 'Create one of', patch: 'Change one of', delete: 'Delete one of', put: 'Replace one of', options: 'Options of', head: 'Head of' }[method];
  return { tag: collection, summary: `${does} ${collection}` };
}

/** Swagger gives every media type the schema of the JSON; text is a string. */
function asText(response: object | undefined): void {
  const content = (response as { content?: Record<string, object> } | undefined)?.content;
  for (const type of Object.keys(content ?? {})) if (type.startsWith('text/') && type !== 'text/event-stream') content![type] = { schema: { type: 'string' } };
}

/** The schema itself: zod makes a reference to a definition of it, because it has an id. */
function problemSchema(): object {
  const { definitions, $defs, ...schema } = z.toJSONSchema(http.Problem, { target: 'openapi-3.0' }) as { definitions?: Record<string, object>; $defs?: Record<string, object> };
  return definitions?.Problem ?? $defs?.Problem ?? schema;
}

/**
 * One document of several services, for the process or the gateway that fronts them all.
 * @throws when two services answer the same operation, or mean different things by the same schema name
 */
export function mergeOpenApi(documents: readonly OpenAPIObject[], title = 'Bordergate'): OpenAPIObject {
  const merged: OpenAPIObject = { openapi: documents[0]?.openapi ?? '3.0.0', info: { title, version: '1', description: ABOUT }, paths: {}, components: { schemas: {} }, tags: [] };
  const schemas = merged.components!.schemas!;
  for (const { paths, components, tags } of documents) {
    for (const [path, item] of Object.entries(paths)) {
      const operations = Object.keys(item).filter((key) => key in (merged.paths[path] ?? {}));
      if (operations.length > 0) throw new Error(`two services answer ${operations.join(', ')} ${path}`);
      merged.paths[path] = { ...merged.paths[path], ...item };
    }
    for (const [name, schema] of Object.entries(components?.schemas ?? {})) {
      if (schemas[name] !== undefined && !sameData(schemas[name], schema)) throw new Error(`two schemas are called ${name}`);
      schemas[name] = schema;
    }
    for (const tag of tags ?? []) if (!merged.tags!.some(({ name }) => name === tag.name)) merged.tags!.push(tag);
  }
  return merged;
}
