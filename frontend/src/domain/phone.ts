/** Phone numbers as people read them: Brazilian ones grouped, others with their plus sign. */
const BRAZIL = /^55(\d{2})(\d{4,5})(\d{4})$/u

export function formatPhone(phone: string | null): string {
  const digits = (phone ?? '').replace(/\D/gu, '')
  if (!digits) return ''
  const parts = BRAZIL.exec(digits)
  return parts ? `+55 ${parts[1]} ${parts[2]}-${parts[3]}` : `+${digits}`
}
