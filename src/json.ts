/** A JSON value as Python reads it: integers keep all of their digits. */
export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json }
