package casework

import (
	"context"
	"fmt"
	"sync"

	"aiqyn/grid"
)

// models are networks by their hash, parsed and compiled once.
type models struct {
	mu     sync.RWMutex
	byHash map[string]*grid.Model
}

func (m *models) get(hash string) *grid.Model {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.byHash[hash]
}

func (m *models) put(hash string, model *grid.Model) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byHash == nil {
		m.byHash = make(map[string]*grid.Model)
	}
	m.byHash[hash] = model
}

// snapshots finds public data by its hash for computations.
func (e *Engine) snapshots(hash string) (any, error) {
	if m := e.parsed.get(hash); m != nil {
		return m, nil
	}
	if c := e.Capacity; c != nil && c.Hash == hash {
		e.parsed.put(hash, c.Model)
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
	e.parsed.put(hash, m)
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
