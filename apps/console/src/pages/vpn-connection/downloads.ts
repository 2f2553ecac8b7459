/** Which version of a configuration was downloaded here last: the API then says whether it is out of date. */
const PREFIX = 'bordergate-download/';

export const rememberDownload = (of: string, hash: string): void => localStorage.setItem(`${PREFIX}${of}`, hash);
export const downloadedHash = (of: string): string | undefined => localStorage.getItem(`${PREFIX}${of}`) ?? undefined;
