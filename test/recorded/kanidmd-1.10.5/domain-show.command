docker exec lone kanidmd domain show
