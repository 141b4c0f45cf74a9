/** Why an address can't be reached, in words a person can act on; the drivers put them into their errors. */
import { t } from './wording';

const REASONS: Readonly<Record<string, () => string>> = {
  ECONNREFUSED: () => t`nothing listens there (connection refused); check the port, and that the server runs`,
  ENOTFOUND: () => t`the host name is unknown; check its spelling and the DNS`,
  EAI_AGAIN: () => t`the host name could not be looked up; check the network and the DNS`,
  EHOSTUNREACH: () => t`the host is unreachable; check the network`,
  ENETUNREACH: () => t`the network is unreachable; check the network`,
  ETIMEDOUT: () => t`no answer (timed out); check address, firewall and network`,
  ENOENT: () => t`there is no such socket; check its path, and that the server runs`,
  EACCES: () => t`this user may not open the socket; check the rights of its file`,
};

/** @returns undefined for a code that says something else */
export function unreachableReason(code: string | undefined): string | undefined {
  return code !== undefined && Object.hasOwn(REASONS, code) ? REASONS[code]?.() : undefined;
}
