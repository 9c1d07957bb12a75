package grid

type index struct{}

func newIndex(n *Network, m *Model) index   { return index{} }
func ReadPGM(data []byte) (*Network, error) { return nil, nil }
