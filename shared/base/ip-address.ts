/** IP addresses as text. */

/** Whether the text is four numbers from 0 to 255, without leading zeros. */
export const isIPv4 = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) &&
  text.split('.').every((part) => Number(part) <= 255 && !/^0\d/.test(part));

/** The URL parser of the platform knows what an IPv6 address is. */
export const isIPv6 = (text: string): boolean =>
  /^[0-9a-f:.]+$/i.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`);
