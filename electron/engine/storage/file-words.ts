/** Why a file of this machine could not be read or written, in words; what the system says where there are none. */
export function fileWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return words[code] ?? error.message;
}

/** Of a file that is not there. */
export const missingWords = 'there is no such file or folder';

const words: Readonly<Record<string, string>> = {
  ENOENT: missingWords,
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'its permissions do not allow it',
  EPERM: 'its permissions do not allow it',
  EROFS: 'its disk is read-only',
  ENOSPC: 'the disk is full',
  ELOOP: 'its symbolic links run in a circle',
  ENAMETOOLONG: 'its name is too long',
  EEXIST: 'something else has its name',
  EMFILE: 'too many files are open',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
};
