import './shell.css'
import { useLingui } from '@lingui/react/macro'
import { Logo } from '~/ui/Logo'
import { SkeletonRows } from '~/ui/Skeleton'

/** The frame while nobody knows yet who is here. */
export function ShellPending() {
  const { t } = useLingui()
  return (
    <div className="shell">
      <div className="rail">
        <span className="rail-logo">
          <Logo size={34} />
        </span>
      </div>
      <main className="shell-pending">
        <h1 className="visually-hidden">Recado</h1>
        <SkeletonRows count={9} label={t`Loading`} />
      </main>
    </div>
  )
}
