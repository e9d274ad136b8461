@echo off
rem Kanilink's command line: the engine of the installed app, without its window.
"%~dp0..\Kanilink.exe" --no-sandbox --no-zygote --ozone-platform=headless --disable-gpu --disable-software-rasterizer --in-process-gpu --enable-features=NetworkServiceInProcess2 --disable-breakpad --log-level=3 --kanilink-program=cli -- %*
