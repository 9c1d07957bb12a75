package simulate

import (
	"math"

	"aiqyn/grid"
)

// StreetGraph is the streets as a snapshot for routes: what two streets have in
// common is one node. It is nil for a network whose coordinates are degrees.
func (w *World) StreetGraph() *grid.Streets {
	if w.Network.CRS == "EPSG:4326" {
		return nil
	}
	s := &grid.Streets{CRS: w.Network.CRS, Name: "tunyqsu"}
	at := map[[2]int64]int32{}
	node := func(p Point) int32 {
		mm := [2]int64{int64(math.Round(p.X * 1000)), int64(math.Round(p.Y * 1000))}
		k, known := at[mm]
		if !known {
			k = int32(len(s.Nodes))
			at[mm], s.Nodes = k, append(s.Nodes, mm)
		}
		return k
	}
	for _, street := range w.Streets {
		for i := 1; i < len(street.Axis); i++ {
			if a, b := node(street.Axis[i-1]), node(street.Axis[i]); a != b {
				s.Edges = append(s.Edges, [2]int32{a, b})
			}
		}
	}
	return s
}
