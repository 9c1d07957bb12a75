package casework

import (
	"context"
	"fmt"

	"aiqyn/grid"
)

// snapshots finds public data by its hash for computations, parsed and
// compiled once.
func (e *Engine) snapshots(hash string) (any, error) {
	if v, ok := e.parsed.Load(hash); ok {
		return v, nil
	}
	if c := e.Capacity; c != nil && c.Hash == hash {
		e.parsed.Store(hash, c.Model)
		return c.Model, nil
	}
	data, err := e.Store.Snapshot(context.Background(), hash)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, fmt.Errorf("snapshot %s is not here", hash)
	}
	n, err := grid.Read(data)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", hash, err)
	}
	if got := n.Hash(); got != hash {
		return nil, fmt.Errorf("snapshot %s was changed: its content is %s", hash, got)
	}
	m, err := grid.Compile(n)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", hash, err)
	}
	e.parsed.Store(hash, m)
	return m, nil
}

// ParseNetwork reads and compiles a network snapshot.
func ParseNetwork(data []byte) (*grid.Model, error) {
	n, err := grid.Read(data)
	if err != nil {
		return nil, err
	}
	return grid.Compile(n)
}
