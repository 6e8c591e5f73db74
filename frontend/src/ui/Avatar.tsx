import './avatar.css'
import { hueOf, initials } from '~/domain/person'

interface AvatarProps {
  readonly name: string
  readonly group?: boolean
  readonly size?: 'small' | 'medium' | 'large'
}

/** Decoration: the name is always written beside it. */
export function Avatar({ name, group = false, size = 'medium' }: AvatarProps) {
  return (
    <span
      className={`avatar avatar-${size} avatar-hue-${hueOf(name)}${group ? ' avatar-group' : ''}`}
      data-initials={initials(name)}
      aria-hidden="true"
    />
  )
}
