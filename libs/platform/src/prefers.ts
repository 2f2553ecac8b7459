/**
 * Whether a caller would rather have this type than JSON (RFC 9110, 12.5.1). Only a caller that names the type gets it:
 * JSON is the API's language, so a wildcard alone or a tie means JSON.
 */
export function prefers(wanted: string, accept = ''): boolean {
  const qualities = new Map(accept.split(',').map((range): [string, number] => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    return [type, Number.isNaN(quality) ? 0 : quality];
  }));
  const quality = qualities.get(wanted) ?? 0;
  return quality > 0 && quality > (qualities.get('application/json') ?? 0);
}
