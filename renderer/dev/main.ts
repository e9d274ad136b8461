import '../ui/fonts.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { startWindow } from '../start-window';
import { createFakeBridge } from './fake-bridge';

const wanted = new URLSearchParams(window.location.search);
const bridge = createFakeBridge({
  openAtStart: wanted.get('open'),
  theme: wanted.get('theme') === 'dark' ? 'dark' : 'light',
  speed: Number(wanted.get('speed') ?? 1),
});
Object.assign(window, { kanilink: bridge, simulation: bridge.simulation });
startWindow(bridge);
