import { withoutTrailing } from './without-trailing';

/** Base64 without its padding, which says nothing. */
export const unpadded = (text: string): string => withoutTrailing(text, '=');

/** Base64 of bytes, with padding (RFC 4648, section 4). */
export function bytesToBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
