/** A setting of pip or uv, and where it stands. */
export interface Setting {
  /** As in a configuration file, such as `index-url`. */
  name: string
  value: string
  /** For a person: `PIP_INDEX_URL`, or `index-url in /etc/pip.conf`. */
  place: string
}

export interface Settings {
  /** By name; the one that counts. Empty ones, and switches that are off, are left out. */
  values: Map<string, Setting>
  /** Texts of the files, for who looks for secrets in them. */
  texts: string[]
  /** Those of the files that would put packages elsewhere than into the environment of this run. */
  elsewhere: Setting[]
  /** What is wrong with a file, so that nobody knows what is set; a sentence without its end. */
  problem?: string
}

/** Whether a switch of pip or uv is on. */
export function isOn(value: string | undefined): boolean {
  return /^(1|y|yes|t|true|on)$/i.test(value ?? '')
}
