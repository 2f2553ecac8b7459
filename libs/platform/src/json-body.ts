import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedJsonError } from './problem.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const JSON_TYPES = /^application\/(json|merge-patch\+json)(\s*;|$)/i;

/**
 * JSON in, or nothing: an empty body is none, so that a verb without arguments may be sent with a content type. What is in another
 * character set or compressed is refused and not guessed at: read as UTF-8, an "é" of Latin-1 would be stored as "\ufffd".
 */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, read(request, body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

function read({ headers }: FastifyRequest, body: Buffer): unknown {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!/^utf-?8$/i.test(charset) || encoding.toLowerCase() !== 'identity') throw new UnsupportedMediaTypeException();
  return body.length === 0 ? undefined : parse(body);
}

/** Keys such as "__proto__" stay: the schemas refuse them by name, as they do any other field that there is not. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(body));
  } catch (error) {
    throw new MalformedJsonError(error as Error);
  }
}
