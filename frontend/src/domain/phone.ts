/** Phone numbers as people read them: Brazilian ones grouped, others with their plus sign. */
const BRAZIL = /^55(\d{2})(\d{4,5})(\d{4})$/u

/** What somebody typed as `+5511999990000`; null while it cannot be a number with its country code. */
export function parsePhone(text: string): string | null {
  const digits = text.replace(/[\s().+-]/gu, '')
  return /^[1-9]\d{6,14}$/u.test(digits) ? `+${digits}` : null
}

export function formatPhone(phone: string | null): string {
  const digits = (phone ?? '').replace(/\D/gu, '')
  if (!digits) return ''
  const parts = BRAZIL.exec(digits)
  return parts ? `+55 ${parts[1]} ${parts[2]}-${parts[3]}` : `+${digits}`
}
