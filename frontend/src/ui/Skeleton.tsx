import './skeleton.css'

/** Shaped like what will come. It shows after 150 ms only (in the style sheet): what is quick should not flicker. */
export function SkeletonRows({ count, label }: { readonly count: number; readonly label: string }) {
  return (
    <div className="skeleton-rows" role="status" aria-label={label} aria-busy="true">
      {Array.from({ length: count }, (_, index) => (
        <div className="skeleton-row" key={index}>
          <span className="skeleton skeleton-circle" />
          <span className="skeleton-lines">
            <span className="skeleton" style={{ width: `${58 - ((index * 13) % 24)}%` }} />
            <span className="skeleton" style={{ width: `${88 - ((index * 17) % 30)}%` }} />
          </span>
        </div>
      ))}
    </div>
  )
}

export function SkeletonBubbles({ label }: { readonly label: string }) {
  return (
    <div className="skeleton-bubbles" role="status" aria-label={label} aria-busy="true">
      {[44, 62, 30, 52, 38, 58].map((width, index) => (
        <span key={width} className={`skeleton skeleton-bubble${index % 3 === 1 ? ' skeleton-out' : ''}`} style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}
