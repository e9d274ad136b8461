docker exec lone kanidmd scripting healthcheck
