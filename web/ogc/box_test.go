package ogc

import "testing"

// A way lies in a box if any of it does.
func TestBoxMeetsWays(t *testing.T) {
	way, point := run{20, 10, 24, 14}, run{20, 10, 20, 10}
	for _, c := range []struct {
		of   run
		in   box
		want bool
	}{
		{way, box{20, 10, 24, 14}, true}, {way, box{19, 9, 20, 10}, true}, {way, box{23.9, 13.9, 30, 30}, true}, {way, box{21, 11, 22, 12}, true},
		{way, box{20, 12, 21, 14}, false}, {way, box{25, 10, 26, 14}, false}, // beside it within its own extent; east of it
		{way, box{170, 9, 21, 12}, true}, {way, box{170, 9, 19, 14}, false}, {way, box{23, 0, -170, 90}, true}, // across the antimeridian
		{run{24, 14, 20, 10}, box{21, 11, 22, 12}, true}, {run{20, 10, 24, 10}, box{21, 9, 22, 10}, true}, {run{20, 10, 24, 10}, box{21, 11, 22, 12}, false},
		{point, box{20, 10, 20, 10}, true}, {point, box{20, 11, 21, 12}, false}, {point, box{170, -10, -170, 10}, false},
	} {
		if got := c.in.meets(c.of); got != c.want {
			t.Errorf("%v in %v: %v", c.of, c.in, got)
		}
	}
	all := (*box)(nil).round(run{3, 4, 1, 2}).round(run{9, -1, 0, 0})
	if *all != (box{0, -1, 9, 4}) {
		t.Errorf("round them is %v", *all)
	}
}
