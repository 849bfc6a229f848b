// Repeats a task many times with limited concurrency.

export async function crowd(times: number, atOnce: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const walk = async () => {
    while (next < times) await act(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, times) }, walk));
}
