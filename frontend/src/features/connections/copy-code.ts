import { t } from '@lingui/core/macro'
import { toast } from '~/ui/toast'

/** Tells what came of it: browsers have no clipboard for us on plain HTTP. */
export function copyCode(text: string): void {
  write(text).then(
    () => toast(t`Code copied.`),
    () => toast(t`Copying is not allowed here: select the text of the code instead.`),
  )
}

async function write(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}
