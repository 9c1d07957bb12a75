package grid

// level renumbers the nodes of each tree by depth; those of one depth stay in
// the order in which they were walked. A parent's children stay in order, so
// what is summed over them is summed as before, bit for bit.
func (b *builder) level() {
	m := b.m
	to := make([]int32, len(m.hot.par))
	var first []int32 // depth → next number
	for tree := range m.Trees() {
		lo, hi := m.span(tree)
		first = first[:0]
		for k := lo; k < hi; k++ {
			d := int(m.depth[k])
			for len(first) < d+2 {
				first = append(first, 0)
			}
			first[d+1]++
		}
		first[0] = int32(lo)
		for d := 1; d < len(first); d++ {
			first[d] += first[d-1]
		}
		for k := lo; k < hi; k++ {
			to[k] = first[m.depth[k]]
			first[m.depth[k]]++
		}
	}
	h, l := &m.hot, &m.limit
	for k, par := range h.par {
		h.par[k] = to[par]
	}
	for bus, k := range m.nodeOf {
		m.nodeOf[bus] = to[k]
	}
	moveAll(to, &h.r, &h.x, &h.z2, &h.p, &h.q, &h.g, &h.b, &l.t2, &l.up, &l.down, &l.hg, &l.hb, &l.baseUp, &l.baseDown, &m.vnKV, &m.angle)
	moveAll(to, &h.par, &l.id, &l.order, &m.bus, &m.depth, &m.lengthM)
	moveAll(to, &l.kind)
	moveAll(to, &l.upIsFrom)
	m.walked = to
}

// moveAll moves what stands at k to to[k], in each list.
func moveAll[T any](to []int32, lists ...*[]T) {
	spare := make([]T, len(to))
	for _, list := range lists {
		for k, v := range *list {
			spare[to[k]] = v
		}
		*list, spare = spare, *list
	}
}
