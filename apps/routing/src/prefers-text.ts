/**
 * Whether a caller would rather have text/plain than JSON (RFC 9110, 12.5.1). Only a caller that names text/plain gets it:
 * JSON is the API's language, so a wildcard alone or a tie means JSON.
 */
export function prefersText(accept = ''): boolean {
  const qualities = new Map(accept.split(',').map((range): [string, number] => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    return [type, Number.isNaN(quality) ? 0 : quality];
  }));
  const text = qualities.get('text/plain') ?? 0;
  return text > 0 && text > (qualities.get('application/json') ?? 0);
}
