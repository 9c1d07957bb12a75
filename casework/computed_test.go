package casework

import "aiqyn/grid"

var testComputations = Computations{
	grid.ConnectionPoints1: {
		Bind: BindConnectionPoints,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunConnectionPoints1(in, SnapshotAs[grid.Model](snap))
		},
	},
	grid.NoRoom1: {
		Bind: BindNoRoom,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunNoRoom1(in, SnapshotAs[grid.Model](snap))
		},
	},
	grid.AddedLoad1: {Run: func(in []byte, _ Snapshots) ([]byte, error) { return grid.RunAddedLoad1(in) }},
	grid.IndependentSources1: {
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunIndependentSources1(in, SnapshotAs[grid.Model](snap))
		},
	},
	grid.IndependentSources3: {
		Bind: BindIndependentSources3,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunIndependentSources3(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.IndependentSources2: {
		Bind: BindIndependentSources2,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunIndependentSources2(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.ConnectionPoints2: {
		Bind: BindConnectionPoints2,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunConnectionPoints2(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.ConnectionPoints3: {
		Bind: BindConnectionPoints3,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunConnectionPoints3(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.PublishedMargin4: {
		Bind: BindPublishedMargin4,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunPublishedMargin4(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.IndependentSources4: {
		Bind: BindIndependentSources4,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunIndependentSources4(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.Precedence2: {
		Bind: BindPrecedence2,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunPrecedence2(in, SnapshotAs[grid.Model](snap))
		},
	},
	grid.Precedence3: {
		Bind: BindPrecedence3,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunPrecedence3(in, SnapshotAs[grid.Model](snap))
		},
	},
	grid.Claim2: {
		Bind: BindClaim2,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunClaim2(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.Claim3: {
		Bind: BindClaim3,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunClaim3(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.Claim1: {
		Bind: BindClaim1,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunClaim1(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.PublishedMargin3: {
		Bind: BindPublishedMargin3,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunPublishedMargin3(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.PublishedMargin2: {
		Bind: BindPublishedMargin2,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunPublishedMargin2(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
	grid.PublishedMargin1: {
		Bind: BindPublishedMargin,
		Run: func(in []byte, snap Snapshots) ([]byte, error) {
			return grid.RunPublishedMargin1(in, SnapshotAs[grid.Model](snap), SnapshotAs[grid.StreetGraph](snap))
		},
	},
}
