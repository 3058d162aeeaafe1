/** The only host of algorithms' repositories here: the sandbox itself (platform reference §3.2, "scm object"). */
export const internalHost = { id: 'internal', name: 'internal', provider: 'internal', default: true, enabled: true }
